package io.kiln.spark.shards;

import io.kiln.nn.data.TargetScale;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * How the rows of a table become samples for a model that is trained already; goes to the tasks.
 *
 * @param name of the table, for errors
 * @param scan what is read, and what is done where cells are missing
 * @param encoding that was fitted when the model was trained
 * @param filtered whether a column behind those that are read says which rows are wanted
 */
public record RowForm(String name, TableScan scan, TableEncoding encoding, boolean filtered)
    implements Serializable {
  TableColumns columns() {
    return scan.columns();
  }

  /** Numbers of a sample. */
  public int width() {
    return encoding.width();
  }

  /** Whether rows have weights. */
  public boolean weighted() {
    return !columns().weight().isEmpty();
  }

  /** Whether only the numbers of a row that are not 0 are kept. */
  public boolean sparse() {
    return encoding.sparse();
  }

  /** What the targets of a regression stand for. */
  public TargetScale scale() {
    return encoding.numbers().scale();
  }

  boolean isDropped(RowReader row) {
    return scan.isDropped(row);
  }

  String problem(RowReader row) {
    return scan.problem(row);
  }

  /** The rows of a partition, one by one; each may be reused by Spark for the next. */
  SampleRows rows(Iterator<InternalRow> rows, int partition) {
    return new RowSamples(this, rows, partition);
  }

  /**
   * The rows of a partition, in columns.
   *
   * @param places of the features among the columns
   */
  SampleRows columns(Iterator<ColumnarBatch> batches, int[] places, int partition) {
    return new ColumnSamples(this, batches, places, partition);
  }
}
