"""Server, network, clock and crashes of a sync, all from one seed."""
