"""Where orders live. `port` lists the promises, one folder per database keeps them, one test suite holds every folder to them."""
