"Dockerfile",
".dockerignore",
