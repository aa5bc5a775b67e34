"""A small ladder of dunning, in pieces that the policies of several tests begin with.

Reminders, then a suspension that debts no longer owed lift; deletion is each policy's own.
"""

ACTIONS = """\
actions:
  notify: {}
  suspend: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: debt}}
  reactivate: {sets: {status: active, suspended_on: none, suspended_for: none}}
"""
REMIND = """\
  remind:
    track: dunning
    step: 1
    for_each: $notice_days
    when: {status: active, days_past_due: {gte: $stage}, debt: {gt: $debt_tolerance}}
    do: notify
"""
SUSPEND = """\
  suspend:
    track: dunning
    step: 2
    when: {status: active, days_past_due: {gt: $grace_days}, debt: {gt: $debt_tolerance}}
    after: {last_step: 2}
    do: suspend
"""
REACTIVATE = """\
  reactivate:
    track: dunning
    step: 9
    anchor: suspended_on
    when: {status: suspended, suspended_for: debt, debt: {lte: $debt_tolerance}}
    do: reactivate
"""
