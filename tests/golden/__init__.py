"""What runs said and lost before, kept so that a change of the code cannot change it unseen."""
