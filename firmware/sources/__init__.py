"""Where work comes from: pools, nodes, or nowhere."""
