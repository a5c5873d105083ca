/**
 * What a run or a sweep leaves for people and programs: {@code report.json}, {@code report.html},
 * {@code metrics.csv}, TensorBoard events, and the line on the terminal.
 *
 * <p>Read first: {@link io.kiln.spark.report.RunReport} (the records are the JSON), {@link
 * io.kiln.spark.report.RunFolder}. Invariants: every page can be rendered again from its JSON
 * alone; a page asks nothing of a network; nothing in an existing run folder is overwritten by
 * another run.
 */
@NullMarked
package io.kiln.spark.report;

import org.jspecify.annotations.NullMarked;
