"""What takes minutes in chapter 15, done once; beside each script lies what it wrote."""
