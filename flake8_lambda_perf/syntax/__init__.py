"""One module as LibCST: parsing little of it, walking it, and knowing which ast node each part is."""
