package io.kiln.spark.ml;

import io.kiln.spark.score.BatchScorer;
import java.util.List;
import java.util.Objects;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Generator;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.trees.TreePattern;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Enumeration;
import scala.collection.IterableOnce;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Takes rows one after another and gives them back, each with a model's answers, when enough are
 * there to be answered together, and at a partition's end. Spark calls such an expression a
 * generator: it is the only one that sees more than one row.
 */
public final class ScoringGenerator extends Expression
    implements Generator, CodegenFallback, java.io.Serializable {
  private static final long serialVersionUID = 1L;

  private final Seq<Expression> children;
  private final Broadcast<byte[]> model;
  private final Work work;
  private final Seq<Enumeration.Value> patterns =
      CollectionConverters.asScala(List.of(TreePattern.GENERATOR())).toSeq();
  private transient @Nullable RowBatch batch;
  private transient @Nullable UnsafeProjection projection;

  /** How many fields a row has that is taken as it is; 0 for no such rows, -1 if not known yet. */
  private int whole = -1;

  /**
   * What is done with rows.
   *
   * @param sha256 of the model
   * @param columns what is appended
   * @param features where the features are among the children
   * @param schema of the children and the answers
   */
  public record Work(
      String sha256, AnswerColumns columns, RowBatch.FeatureCell features, StructType schema)
      implements java.io.Serializable {}

  /**
   * The generator of a model.
   *
   * @param children what of a row is given back
   * @param model its bytes
   * @param work what is done
   */
  public ScoringGenerator(Seq<Expression> children, Broadcast<byte[]> model, Work work) {
    this.children = children;
    this.model = model;
    this.work = work;
  }

  @Override
  public Seq<Expression> children() {
    return children;
  }

  @Override
  public StructType elementSchema() {
    return work.schema();
  }

  @Override
  public IterableOnce<InternalRow> eval(InternalRow row) {
    UnsafeProjection taken = projection;
    RowBatch waiting = batch;
    if (taken == null || waiting == null) {
      taken = UnsafeProjection.create(children);
      BatchScorer scorer = BatchScorer.of(model.value(), work.sha256());
      waiting = new RowBatch(scorer, work.columns(), work.features());
      projection = taken;
      batch = waiting;
    }
    waiting.add(
        row instanceof UnsafeRow unsafe && isWhole(unsafe.numFields())
            ? unsafe.copy()
            : taken.apply(row).copy());
    return CollectionConverters.asScala(
        waiting.isFull() ? waiting.answered() : List.<InternalRow>of().iterator());
  }

  /** Whether the children are just the fields of a row, in order; then it is taken as it is. */
  private boolean isWhole(int fields) {
    if (whole < 0) {
      whole = children.size();
      for (int i = 0; i < children.size(); i++) {
        if (!(children.apply(i) instanceof BoundReference field) || field.ordinal() != i) {
          whole = 0;
        }
      }
    }
    return whole == fields;
  }

  @Override
  public IterableOnce<InternalRow> terminate() {
    RowBatch waiting = batch;
    return CollectionConverters.asScala(
        waiting == null ? List.<InternalRow>of().iterator() : waiting.answered());
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public boolean foldable() {
    return false;
  }

  @Override
  public boolean supportCodegen() {
    return false;
  }

  @Override
  public DataType dataType() {
    return Generator.super.dataType();
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return CodegenFallback.super.doGenCode(context, code);
  }

  @Override
  public Seq<Enumeration.Value> nodePatterns() {
    return patterns;
  }

  @Override
  public void org$apache$spark$sql$catalyst$expressions$Generator$_setter_$nodePatterns_$eq(
      Seq<Enumeration.Value> theirs) {}

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> others) {
    return new ScoringGenerator(others, model, work);
  }

  @Override
  public String prettyName() {
    return "kiln";
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> children;
      case 1 -> model;
      case 2 -> work;
      default -> throw new IndexOutOfBoundsException(n);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ScoringGenerator;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScoringGenerator generator
        && children.equals(generator.children)
        && work.equals(generator.work);
  }

  @Override
  public int hashCode() {
    return Objects.hash(children, work);
  }
}
