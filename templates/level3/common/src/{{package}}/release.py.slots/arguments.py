parser.add_argument("--version", help="version of the model to put into use first")
