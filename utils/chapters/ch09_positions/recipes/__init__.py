"""What takes minutes in chapter 09, done once; beside each script lies what it wrote."""
