package io.kiln.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class KilnKryoRegistratorTest {
  /** Not on the list. */
  record Stranger(int n) {}

  /** On this test's own list. */
  @SuppressWarnings("ArrayRecordComponent")
  record Result(String name, long count, float[] weights, List<String> notes, @Nullable Integer x) {
    Result {
      if (count < 0) {
        throw new IllegalArgumentException(
            "result: count is " + count + " but 0 or more is needed");
      }
    }
  }

  @Test
  void unregisteredClassIsRefused() {
    SerializerInstance kryo = sparkKryo();
    assertThatThrownBy(() -> kryo.serialize(new Stranger(1), tag(Stranger.class)))
        .hasStackTraceContaining("Class is not registered")
        .hasStackTraceContaining("Stranger");
  }

  @Test
  void unregisteredClassInsideACollectionIsRefused() {
    SerializerInstance kryo = sparkKryo();
    List<Object> list = new ArrayList<>(List.of(new Stranger(1)));
    assertThatThrownBy(() -> kryo.serialize(list, tag(List.class)))
        .hasStackTraceContaining("Class is not registered");
  }

  @Test
  void collectionsOfTheJdkComeBackEqual() {
    Map<String, Object> ordered = new LinkedHashMap<>();
    ordered.put("z", 1);
    ordered.put("a", List.of(1.5, true, "text"));
    List<Object> values =
        List.of(
            List.of(),
            List.of("a"),
            List.of(1, 2L, 3.5f),
            List.of(1, 2, 3, 4).subList(1, 3),
            Stream.of("a", null).toList(),
            Set.of(),
            Set.of(1, 2, 3),
            Map.of(),
            Map.of("k", 1),
            Map.of("k", 1, "l", 2),
            new ArrayList<>(List.of("x")),
            ordered);
    for (Object value : values) {
      assertThat(roundTrip(value)).isEqualTo(value);
    }
  }

  @Test
  void everyMessageIsRegistered() {
    Kryo kryo = new KryoSerializer(conf()).newKryo();
    for (Class<?> type : KilnKryoRegistrator.MESSAGES) {
      assertThat(kryo.getClassResolver().getRegistration(type)).as(type.getName()).isNotNull();
    }
  }

  @Test
  void recordsComeBackThroughTheirConstructor() {
    Kryo kryo = withResult();
    Result sent = new Result("a", 3, new float[] {1, 2}, List.of("n"), null);
    Result back = (Result) copy(kryo, sent);
    assertThat(back.name()).isEqualTo("a");
    assertThat(back.count()).isEqualTo(3);
    assertThat(back.weights()).containsExactly(1, 2);
    assertThat(back.notes()).containsExactly("n");
    assertThat(back.x()).isNull();
  }

  @Test
  void recordsRefuseValuesTheirConstructorRefuses() {
    Kryo kryo = withResult();
    byte[] bytes = bytes(kryo, new Result("a", 1, new float[0], List.of(), 1));
    byte[] damaged = bytes.clone();
    int at = indexOfCount(kryo, bytes);
    damaged[at] = 1; // Zigzag: 1 is −1.
    assertThatThrownBy(() -> read(kryo, damaged))
        .hasStackTraceContaining("result: count is -1 but 0 or more is needed");
  }

  /** The one byte that differs between a count of 1 and of 2. */
  private static int indexOfCount(Kryo kryo, byte[] one) {
    return Arrays.mismatch(one, bytes(kryo, new Result("a", 2, new float[0], List.of(), 1)));
  }

  private static Kryo withResult() {
    Kryo kryo = new KryoSerializer(conf()).newKryo();
    kryo.register(Result.class, RecordSerializer.of(Result.class));
    return kryo;
  }

  private static Object copy(Kryo kryo, Object value) {
    return read(kryo, bytes(kryo, value));
  }

  private static byte[] bytes(Kryo kryo, Object value) {
    try (var output = new com.esotericsoftware.kryo.io.Output(256, -1)) {
      kryo.writeClassAndObject(output, value);
      return output.toBytes();
    }
  }

  private static Object read(Kryo kryo, byte[] bytes) {
    try (var input = new com.esotericsoftware.kryo.io.Input(bytes)) {
      return kryo.readClassAndObject(input);
    }
  }

  private static Object roundTrip(Object value) {
    SerializerInstance kryo = sparkKryo();
    ByteBuffer bytes = kryo.serialize(value, tag(Object.class));
    return kryo.deserialize(bytes, tag(Object.class));
  }

  private static SerializerInstance sparkKryo() {
    return new KryoSerializer(conf()).newInstance();
  }

  private static SparkConf conf() {
    return SparkDefaults.apply(new SparkConf(false));
  }

  private static <T> ClassTag<T> tag(Class<?> type) {
    return ClassTag$.MODULE$.apply(type);
  }
}
