"""Where the parts of a chip are to lie on its FPGA, and a picture of where they came to lie."""
