"""What series usually do, learnt point by point; and how unlike that a point is. Pure numpy, many series at a time."""
