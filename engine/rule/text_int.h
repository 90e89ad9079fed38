/* text_int.h - the Vietnamese words of the forms (text.c), named by the table in forms.c. */
#ifndef CB_RULE_TEXT_INT_H
#define CB_RULE_TEXT_INT_H

#include "base/buf.h"
#include "rule/rule.h"

#define CB_WORDS(name) void cb_words_##name(struct cb_buf *out, const struct cb_ruleset *rs, const struct cb_node *n)
CB_WORDS(fact);
CB_WORDS(number);
CB_WORDS(arith);
CB_WORDS(list);
CB_WORDS(date);
CB_WORDS(criterion);
CB_WORDS(agg);
CB_WORDS(compare);
CB_WORDS(between);
CB_WORDS(one_of);
CB_WORDS(logic);
CB_WORDS(no);
CB_WORDS(level_is);
CB_WORDS(choice);
CB_WORDS(branch);
CB_WORDS(either);
CB_WORDS(flag);
CB_WORDS(amount);
CB_WORDS(judged);
CB_WORDS(function);

#endif
