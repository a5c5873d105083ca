package io.kiln.spark.cluster;

import io.kiln.nn.collective.AttemptKey;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.SparkEnv;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** The function a gang's barrier stage maps over its partitions. */
final class GangBody<T, R> extends AbstractFunction1<Iterator<T>, Iterator<byte[]>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final GangOptions options;
  private final String driverHost;
  private final int driverPort;
  private final byte[] secret;
  private final GangRowsTask<T, R> task;

  GangBody(
      GangOptions options,
      String driverHost,
      int driverPort,
      AttemptKey key,
      GangRowsTask<T, R> task) {
    this.options = options;
    this.driverHost = driverHost;
    this.driverPort = driverPort;
    this.secret = key.secret();
    this.task = task;
  }

  @Override
  public Iterator<byte[]> apply(Iterator<T> rows) {
    try {
      byte[] result =
          GangMember.run(
              options,
              driverHost,
              driverPort,
              AttemptKey.of(secret),
              context -> encode(task.run(context, CollectionConverters.asJava(rows))));
      return CollectionConverters.asScala(List.of(result).iterator());
    } catch (Exception e) {
      throw sneaky(e);
    }
  }

  /** Scala's functions may throw anything; Java's compiler does not know. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException sneaky(Exception e) throws E {
    throw (E) e;
  }

  /** A result travels as bytes, written as Spark writes its tasks. */
  private static <R> byte[] encode(R result) {
    ClassTag<R> any = any();
    ByteBuffer buffer = SparkEnv.get().closureSerializer().newInstance().serialize(result, any);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** A worker's result again. */
  R decode(byte[] result) {
    ClassTag<R> any = any();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return SparkEnv.get()
        .closureSerializer()
        .newInstance()
        .deserialize(
            ByteBuffer.wrap(result),
            loader == null ? GangBody.class.getClassLoader() : loader,
            any);
  }

  private static <R> ClassTag<R> any() {
    return ClassTag$.MODULE$.apply(Object.class);
  }
}
