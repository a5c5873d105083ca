package io.kiln.spark.shards;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A scan of files that gives its rows in columns.
 *
 * @param scan of Spark's plan
 * @param places of the columns that are wanted among those it gives
 */
record Columnar(SparkPlan scan, int[] places) {
  /**
   * The scan whose rows a table's are, if it is one of files, gives columns, and has these.
   *
   * @param names of the columns
   * @param plain whether these columns are the table's own, and must not have been changed since
   */
  static @Nullable Columnar of(Dataset<Row> rows, List<String> names, boolean plain) {
    if (!(rows instanceof org.apache.spark.sql.classic.Dataset<Row> own)) {
      return null;
    }
    SparkPlan plan = own.queryExecution().executedPlan();
    while (!(plan instanceof ColumnarToRowExec)) {
      if ((plan instanceof ProjectExec project && plain && !isPlain(project))
          || !(plan instanceof ProjectExec
              || plan instanceof WholeStageCodegenExec
              || plan instanceof InputAdapter)) {
        return null;
      }
      plan = plan.children().head();
    }
    SparkPlan scan = ((ColumnarToRowExec) plan).child();
    while (scan instanceof InputAdapter adapter) {
      scan = adapter.child();
    }
    if (!(scan instanceof FileSourceScanExec) || !scan.supportsColumnar()) {
      return null;
    }
    List<String> given = new ArrayList<>();
    CollectionConverters.asJava(scan.output()).forEach(column -> given.add(column.name()));
    int[] places = names.stream().mapToInt(given::indexOf).toArray();
    for (int place : places) {
      if (place < 0) {
        return null;
      }
    }
    return new Columnar(scan, places);
  }

  private static boolean isPlain(ProjectExec project) {
    return CollectionConverters.asJava(project.projectList()).stream()
        .allMatch(AttributeReference.class::isInstance);
  }
}
