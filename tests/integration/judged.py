"""What people say of the pairs that the sample could give: how many must fit, which never do."""

FITTING_SHARE = 0.6
"""On its first day an exchange reaches .77 offline: `bench/results/quality.md`."""

# Without the one that catches it: who looks for trays is proposed tablet computers.
TRAPS = {
    "a syringe, a spray booth": ("request-031", "offer-074"),
    "a plaster, a pavement": ("request-020", "offer-031"),
    "a couch, a lender": ("request-060", "offer-033"),
    "blood, a surface": ("request-014", "offer-069"),
    "a dialyser, a shower": ("request-015", "offer-065"),
    "doses, sewage": ("request-027", "offer-028"),
}
