"""From folders of `cgd-recipe eval` and of plain lm_eval to evaluations."""
