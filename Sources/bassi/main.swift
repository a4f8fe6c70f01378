print("bassi")
