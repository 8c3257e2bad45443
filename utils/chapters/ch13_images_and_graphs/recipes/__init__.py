"""What takes minutes in chapter 13, done once; beside each script lies what it wrote."""
