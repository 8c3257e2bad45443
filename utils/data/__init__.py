"""Real data that comes with the course, small and offline; its NOTICE says whose it is and on what terms."""
