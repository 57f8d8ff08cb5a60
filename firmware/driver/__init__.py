"""Serial ports, and the chips behind them."""
