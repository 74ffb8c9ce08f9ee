"""The oracle: it runs programs under counting stubs, and judges what the analysis says of them."""
