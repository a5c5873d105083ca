package io.kiln.spark.ml;

import io.kiln.spark.score.BatchScorer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Cast$;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A table or stream with a model's answers behind its columns. Every task answers its rows in
 * batches; columns keep their names, metadata and identity, so that {@code answered.filter(
 * table.col("x")…)} still means the same column.
 */
final class BatchTransform {
  private BatchTransform() {}

  /**
   * The rows with more columns.
   *
   * @param table with a column of features: vectors, or arrays of numbers
   * @param features its name
   * @param model the scorer's bytes, sent to every executor once
   * @param columns what is appended
   * @param fields the new columns
   */
  static Dataset<Row> answered(
      Dataset<?> table,
      String features,
      BatchScorer scorer,
      Broadcast<byte[]> model,
      AnswerColumns columns,
      List<StructField> fields) {
    var rows = (org.apache.spark.sql.classic.Dataset<?>) table;
    LogicalPlan plan = rows.logicalPlan();
    List<Attribute> given = CollectionConverters.asJava(plan.output());
    List<Expression> children = new ArrayList<>(given);
    List<Attribute> outputs = new ArrayList<>();
    List<NamedExpression> named = new ArrayList<>();
    StructType schema = new StructType();
    for (Attribute attribute : given) {
      AttributeReference output =
          reference(
              attribute.name(), attribute.dataType(), attribute.nullable(), attribute.metadata());
      outputs.add(output);
      named.add(alias(output, attribute.name(), attribute.exprId(), attribute.qualifier()));
      schema = schema.add(attribute.name(), attribute.dataType(), attribute.nullable());
    }
    int at = rows.schema().fieldIndex(features);
    boolean vector = given.get(at).dataType().equals(SQLDataTypes.VectorType());
    if (!vector) {
      // Arrays of floats or whole numbers go along once more, as doubles.
      ArrayType doubles = DataTypes.createArrayType(DataTypes.DoubleType);
      AttributeReference unused = reference("features", doubles, true, Metadata.empty());
      children.add(Cast$.MODULE$.apply(given.get(at), doubles, true));
      outputs.add(unused);
      schema = schema.add("features", doubles, true);
      at = children.size() - 1;
    }
    for (StructField field : fields) {
      AttributeReference output =
          reference(field.name(), field.dataType(), field.nullable(), field.metadata());
      outputs.add(output);
      named.add(alias(output, field.name(), NamedExpression.newExprId(), empty()));
      schema = schema.add(field.name(), field.dataType(), field.nullable());
    }
    ScoringGenerator.Work work =
        new ScoringGenerator.Work(
            scorer.sha256(), columns, new RowBatch.FeatureCell(features, at, vector), schema);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      all.add(i);
    }
    Generate generate =
        new Generate(
            new ScoringGenerator(seq(children), model, work),
            seq(all),
            false,
            Option.empty(),
            seq(outputs),
            plan);
    return org.apache.spark.sql.classic.Dataset$.MODULE$.ofRows(
        rows.sparkSession(), new Project(seq(named), generate));
  }

  private static AttributeReference reference(
      String name, DataType type, boolean nullable, Metadata metadata) {
    return new AttributeReference(
        name, type, nullable, metadata, NamedExpression.newExprId(), empty());
  }

  private static Alias alias(AttributeReference of, String name, ExprId id, Seq<String> qualifier) {
    return new Alias(of, name, id, qualifier, Option.apply(of.metadata()), empty());
  }

  private static Seq<String> empty() {
    return seq(List.of());
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }
}
