"""Practice: one learner at one variant, marked by the grader, kept, and told what to repeat.

No web in here: the browser pages, the API and the terminal are faces of this room.
"""
