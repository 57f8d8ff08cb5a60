// Cells of a routed ECP5. Inputs that are constant, and multiplexers of the memory's, are settled
// before: see ecp5.py.

// A global clock buffer.
module DCCA(input CLKI, input CE, output CLKO);
  assign CLKO = CLKI & CE;
endmodule

// A look-up table: of its own, half of a carry cell, or a column of distributed RAM; and the
// multiplexer that joins two of them (Z0) or two of those (Z1).
module TRELLIS_COMB(
  input A, B, C, D, M, FCI, F1, FXA, FXB, WD, WAD0, WAD1, WAD2, WAD3, WRE, WCK,
  output F, FCO, OFX
);
  parameter MODE = "LOGIC";
  parameter [15:0] INITVAL = 0;
  parameter CCU2_INJECT1 = "NO";
  parameter Z1 = 0;

  wire look = INITVAL[{D, C, B, A}];
  generate
    if (MODE == "CCU2") begin : carry
      wire generated = CCU2_INJECT1 == "YES" ? 1'b0 : INITVAL[{2'b00, B, A}];
      assign F = look ^ (CCU2_INJECT1 == "YES" ? 1'b0 : FCI);
      assign FCO = look ? FCI : generated;
    end else if (MODE == "DPRAM") begin : column
      // In the order of the table, which is not that of the address: bit 0 of that is D.
      reg [15:0] bits = INITVAL;
      always @(posedge WCK) if (WRE) bits[{WAD0, WAD2, WAD1, WAD3}] <= WD;
      assign F = bits[{D, C, B, A}];
      assign FCO = 1'b0;
    end else begin : table_of_its_own
      assign F = look;
      assign FCO = 1'b0;
    end
  endgenerate
  assign OFX = Z1 ? (M ? FXB : FXA) : (M ? F1 : F);
endmodule

// The write port of distributed RAM.
module TRELLIS_RAMW(
  input A0, B0, C0, D0, A1, B1, C1, D1,
  output WADO0, WADO1, WADO2, WADO3, WDO0, WDO1, WDO2, WDO3
);
  assign {WADO3, WADO2, WADO1, WADO0} = {A0, C0, B0, D0};
  assign {WDO3, WDO2, WDO1, WDO0} = {B1, D1, A1, C1};
endmodule

// A register. Its data come from M where SD is zero.
module TRELLIS_FF(input CLK, LSR, CE, DI, M, output reg Q);
  parameter CEMUX = "CE";
  parameter CLKMUX = "CLK";
  parameter LSRMUX = "LSR";
  parameter SRMODE = "LSR_OVER_CE";
  parameter REGSET = "RESET";
  parameter SD = "1";

  localparam value = REGSET == "SET";
  wire enable = CEMUX == "1" ? 1'b1 : CEMUX == "0" ? 1'b0 : CEMUX == "INV" ? !CE : CE;
  wire reset = LSRMUX == "INV" ? !LSR : LSR;
  wire clock = CLKMUX == "INV" ? !CLK : CLK;
  wire data = SD == "0" ? M : DI;

  initial Q = value;

  generate
    if (SRMODE == "ASYNC") begin : asynchronous
      always @(posedge clock, posedge reset)
        if (reset) Q <= value;
        else if (enable) Q <= data;
    end else begin : synchronous
      always @(posedge clock)
        if (SRMODE == "CE_OVER_LSR" ? enable && reset : reset) Q <= value;
        else if (enable) Q <= data;
    end
  endgenerate
endmodule

// Block RAM, 9, 18 or 36 bits wide. With 36 bits, port A writes and port B reads both halves. A byte of
// nine bits has an enable in the low bits of the address where there are two or four.
module DP16KD(
  input [17:0] DIA, DIB, input [13:0] ADA, ADB,
  input CEA, WEA, CLKA, RSTA, CEB, WEB, CLKB, RSTB,
  output [17:0] DOA, DOB
);
  parameter DATA_WIDTH_A = 18;
  parameter DATA_WIDTH_B = 18;
  parameter REGMODE_A = "NOREG";
  parameter REGMODE_B = "NOREG";
  parameter WRITEMODE_A = "NORMAL";
  parameter WRITEMODE_B = "NORMAL";
  parameter [64 * 320 - 1:0] INIT = 0;

  reg [8:0] bytes [0:2047];
  integer i;
  // Two bytes are in twenty bits.
  initial
    for (i = 0; i < 1024; i = i + 1) begin
      bytes[2 * i] = INIT[20 * i +: 9];
      bytes[2 * i + 1] = INIT[20 * i + 9 +: 9];
    end

  localparam wide = DATA_WIDTH_A == 36;
  reg [35:0] a = 0, b = 0, a_later = 0, b_later = 0;
  // An address counts nine bits from its fourth bit on.
  wire [10:0] at_a = DATA_WIDTH_A == 9 ? ADA[13:3] : DATA_WIDTH_A == 18 ? {ADA[13:4], 1'b0}
    : {ADA[13:5], 2'b00};
  wire [10:0] at_b = DATA_WIDTH_B == 9 ? ADB[13:3] : DATA_WIDTH_B == 18 ? {ADB[13:4], 1'b0}
    : {ADB[13:5], 2'b00};

  always @(posedge CLKA) begin
    if (CEA) begin
      if (WEA) begin
        if (DATA_WIDTH_A == 9 || ADA[0]) bytes[at_a] <= DIA[8:0];
        if (DATA_WIDTH_A != 9 && ADA[1]) bytes[at_a | 1] <= DIA[17:9];
        if (wide && ADA[2]) bytes[at_a | 2] <= DIB[8:0];
        if (wide && ADA[3]) bytes[at_a | 3] <= DIB[17:9];
      end
      if (!WEA || WRITEMODE_A == "READBEFOREWRITE") a <= {18'b0, bytes[at_a | 1], bytes[at_a]};
    end
    if (RSTA) a <= 0;
    a_later <= a;
  end

  always @(posedge CLKB) begin
    if (CEB) begin
      if (WEB && !wide) begin
        if (DATA_WIDTH_B == 9 || ADB[0]) bytes[at_b] <= DIB[8:0];
        if (DATA_WIDTH_B == 18 && ADB[1]) bytes[at_b | 1] <= DIB[17:9];
      end
      if (!WEB || WRITEMODE_B == "READBEFOREWRITE")
        b <= {bytes[at_b | 3], bytes[at_b | 2], bytes[at_b | 1], bytes[at_b]};
    end
    if (RSTB) b <= 0;
    b_later <= b;
  end

  wire [35:0] out_a = REGMODE_A == "OUTREG" ? a_later : a;
  wire [35:0] out_b = REGMODE_B == "OUTREG" ? b_later : b;
  assign DOA = DATA_WIDTH_B == 36 ? out_b[17:0] : out_a[17:0];
  assign DOB = DATA_WIDTH_B == 36 ? out_b[35:18] : out_b[17:0];
endmodule
