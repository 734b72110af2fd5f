"""A till on this machine that moves no money: the default where no provider has been agreed with."""
