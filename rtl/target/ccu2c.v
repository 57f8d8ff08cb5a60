// A CCU2C of an ECP5 (FPGA-DS-02012, section 2.3), for linters and simulators: two bits of a carry
// chain. Synthesis tools have a cell of that name, and define SYNTHESIS.
`ifndef SYNTHESIS
module CCU2C #(
  parameter [15:0] INIT0 = 16'h0000,
  parameter [15:0] INIT1 = 16'h0000,
  parameter INJECT1_0 = "YES",
  parameter INJECT1_1 = "YES"
) (
  input CIN,
  input A0, B0, C0, D0,
  input A1, B1, C1, D1,
  output S0, S1, COUT
);
  // With INJECT1 a bit has no carry in its sum, and makes none.
  localparam [1:0] CHAINED = {INJECT1_1 == "NO", INJECT1_0 == "NO"};
  // A table of all four inputs chooses between the carry and what the lower two make.
  wire [1:0] chosen = {INIT1[{D1, C1, B1, A1}], INIT0[{D0, C0, B0, A0}]};
  wire [1:0] made = {INIT1[{2'b00, B1, A1}], INIT0[{2'b00, B0, A0}]} & CHAINED;
  wire between = chosen[0] ? CIN : made[0];
  assign S0 = chosen[0] ^ (CIN & CHAINED[0]);
  assign S1 = chosen[1] ^ (between & CHAINED[1]);
  assign COUT = chosen[1] ? between : made[1];
endmodule
`endif
