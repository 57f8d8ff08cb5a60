// A carry chain for each sum, for Yosys' `techmap`.
//
// Left to itself, Yosys makes of two sums in a row a row of full adders and one carry chain: that is
// two look-up tables a bit more where iCE40 could do with one, and hardly sooner, as the second
// chain need not wait for the first one's end.

(* techmap_celltype = "$add" *)
module chain (A, B, Y);
parameter A_SIGNED = 0;
parameter B_SIGNED = 0;
parameter A_WIDTH = 1;
parameter B_WIDTH = 1;
parameter Y_WIDTH = 1;
input [A_WIDTH-1:0] A;
input [B_WIDTH-1:0] B;
output [Y_WIDTH-1:0] Y;
wire [Y_WIDTH-1:0] x, co;
// Short ones, counters above all, have constants that Yosys knows better.
wire _TECHMAP_FAIL_ = Y_WIDTH < 32;
\$alu #(
  .A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED),
  .A_WIDTH(A_WIDTH), .B_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)
) _TECHMAP_REPLACE_ (.A(A), .B(B), .CI(1'b0), .BI(1'b0), .Y(Y), .X(x), .CO(co));
endmodule
