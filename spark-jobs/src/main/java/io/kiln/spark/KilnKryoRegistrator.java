package io.kiln.spark;

import com.esotericsoftware.kryo.Kryo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.serializer.KryoRegistrator;

/**
 * The closed list of classes that Kiln's Spark jobs may send: with {@code
 * spark.kryo.registrationRequired} any other class is an error, at the sender and at the receiver.
 *
 * <p>A new message is a record with a row in {@link #MESSAGES}. Records are rebuilt through their
 * canonical constructor, so a record's checks hold for what came over the wire too. The order of
 * the list is the numbering on the wire: driver and executors run the same jar.
 */
public final class KilnKryoRegistrator implements KryoRegistrator {
  /** What tasks return and broadcasts carry: Kiln's own records and enums. */
  static final List<Class<?>> MESSAGES = List.of();

  /** Classes of the JDK inside messages. */
  private static final List<Class<?>> PLAIN =
      List.of(
          boolean[].class,
          byte[].class,
          int[].class,
          long[].class,
          float[].class,
          double[].class,
          float[][].class,
          double[][].class,
          long[][].class,
          String[].class,
          Object[].class,
          ArrayList.class,
          HashMap.class,
          LinkedHashMap.class,
          TreeMap.class);

  /** Classes of Spark and Scala that its jobs send and that it does not register itself. */
  private static final List<String> SPARK =
      List.of(
          "scala.collection.immutable.ArraySeq$ofRef",
          "scala.collection.mutable.ArraySeq$ofRef",
          "scala.reflect.ClassTag$GenericClassTag",
          "scala.reflect.ManifestFactory$AnyManifest",
          "scala.reflect.ManifestFactory$ObjectManifest",
          "org.apache.spark.internal.io.FileCommitProtocol$EmptyTaskCommitMessage$",
          "org.apache.spark.internal.io.FileCommitProtocol$TaskCommitMessage",
          "org.apache.spark.sql.execution.datasources.BasicWriteTaskStats",
          "org.apache.spark.sql.execution.datasources.ExecutedWriteSummary",
          "org.apache.spark.sql.execution.datasources.WriteTaskResult",
          "[Lorg.apache.spark.sql.Row;",
          "org.apache.spark.sql.catalyst.expressions.GenericRow",
          "org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema",
          "org.apache.spark.sql.types.StructType",
          "org.apache.spark.sql.types.StructField",
          "[Lorg.apache.spark.sql.types.StructField;",
          "org.apache.spark.sql.types.ArrayType",
          "org.apache.spark.sql.types.Metadata",
          "[Lorg.apache.spark.sql.types.Metadata;",
          "org.apache.spark.ml.linalg.VectorUDT",
          "org.apache.spark.sql.types.BinaryType$",
          "org.apache.spark.sql.types.BooleanType$",
          "org.apache.spark.sql.types.ByteType$",
          "org.apache.spark.sql.types.DateType$",
          "org.apache.spark.sql.types.DoubleType$",
          "org.apache.spark.sql.types.FloatType$",
          "org.apache.spark.sql.types.IntegerType$",
          "org.apache.spark.sql.types.LongType$",
          "org.apache.spark.sql.types.NullType$",
          "org.apache.spark.sql.types.ShortType$",
          "org.apache.spark.sql.types.StringType$",
          "org.apache.spark.sql.types.TimestampType$",
          // What the partitions of CSV and JSON files take their columns to be.
          "[Lorg.apache.spark.sql.types.DataType;",
          "org.apache.spark.sql.types.DecimalType",
          "org.apache.spark.sql.types.MapType",
          "org.apache.spark.sql.types.TimestampNTZType$");

  @Override
  public void registerClasses(Kryo kryo) {
    for (Class<?> type : MESSAGES) {
      register(kryo, type);
    }
    for (Class<?> type : PLAIN) {
      register(kryo, type);
    }
    for (String name : SPARK) {
      registerIfThere(kryo, name);
    }
    registerImmutableCollections(kryo);
  }

  private static void register(Kryo kryo, Class<?> type) {
    if (type.isRecord()) {
      kryo.register(type, RecordSerializer.of(type.asSubclass(Record.class)));
    } else {
      kryo.register(type);
    }
  }

  /** The collections of {@code List.of}, {@code Set.of} and {@code Map.of} hide their classes. */
  private static void registerImmutableCollections(Kryo kryo) {
    List<Object> samples =
        List.of(
            List.of(),
            List.of(1),
            List.of(1, 2, 3),
            List.of(1, 2, 3).subList(0, 2),
            Set.of(),
            Set.of(1),
            Set.of(1, 2, 3),
            Map.of(),
            Map.of(1, 1),
            Map.of(1, 1, 2, 2));
    for (Object sample : samples) {
      kryo.register(sample.getClass(), new ImmutableCollectionSerializer());
    }
  }

  /** What another line of Spark does not have it does not send either. */
  private static void registerIfThere(Kryo kryo, String name) {
    try {
      kryo.register(Class.forName(name, false, Kryo.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      return;
    }
  }
}
