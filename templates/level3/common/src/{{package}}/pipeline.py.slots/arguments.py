parser.add_argument("--version", help="bring back this data version, and train on it until the next make data")
