run([sys.executable, "scripts/stamp.py"])
