/** Results of an evaluation as tables, JSON and a page with charts. */
@NullMarked
package io.zigma.eval.report;

import org.jspecify.annotations.NullMarked;
