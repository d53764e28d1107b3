run([sys.executable, "scripts/hooks.py"])
