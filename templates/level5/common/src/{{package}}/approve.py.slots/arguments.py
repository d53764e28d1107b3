parser.add_argument("--decision", type=int, help="approve this decision of the controller, by its number, instead")
