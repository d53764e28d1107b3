self.router.follow()
