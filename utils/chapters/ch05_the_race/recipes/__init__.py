"""What takes minutes in chapter 05, done once; beside each script lies what it wrote."""
