"""What takes minutes in chapter 06, done once; beside each script lies what it wrote."""
