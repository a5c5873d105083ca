package io.kiln.nn.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;
  private final Storage storage = new LocalStorage();

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    float[] flat = new float[50_000];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) CounterRng.of(1).normal(i);
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", Tensor.of(flat, 3, Shape.of(200, 200)));
    tensors.put("b \"ä\"", Tensor.of(flat, 40_003, Shape.of(7)));
    tensors.put("none", Tensor.zeros(Shape.of(0, 4), DType.FLOAT32));
    tensors.put("wide", Tensor.of(DType.FLOAT64, Shape.of(), Math.PI));
    Map<String, String> texts = Map.of("format", "kiln", "config", "a: 1\nb: \"ü\"\n");
    String path = folder.resolve("all").toString();
    Safetensors.write(storage, path, new NamedTensors(tensors, texts));

    NamedTensors back = Safetensors.read(storage, path);
    assertThat(back.metadata()).isEqualTo(texts);
    assertThat(back.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
    tensors.forEach(
        (name, tensor) -> {
          assertThat(back.tensor(name).dtype()).isEqualTo(tensor.dtype());
          assertThat(back.tensor(name).shape()).isEqualTo(tensor.shape());
          assertThat(back.tensor(name).toArray()).isEqualTo(tensor.toArray());
        });
    assertThat(Safetensors.read(storage, path, DType.FLOAT64).tensor("w").get(5))
        .isEqualTo(flat[8]);
    assertThatThrownBy(() -> back.tensor("v")).hasMessageContaining("there is no 'v'");
  }

  @Test
  void everyElementTypeIsRead() throws IOException {
    String json =
        """
        {"__metadata__":{"a":"b"},
         "f64":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},
         "i64":{"dtype":"I64","shape":[1],"data_offsets":[8,16]},
         "u64":{"dtype":"U64","shape":[1],"data_offsets":[16,24]},
         "f32":{"dtype":"F32","shape":[1],"data_offsets":[24,28]},
         "i32":{"dtype":"I32","shape":[1],"data_offsets":[28,32]},
         "u32":{"dtype":"U32","shape":[1],"data_offsets":[32,36]},
         "f16":{"dtype":"F16","shape":[5],"data_offsets":[36,46]},
         "bf16":{"dtype":"BF16","shape":[1],"data_offsets":[46,48]},
         "i16":{"dtype":"I16","shape":[1],"data_offsets":[48,50]},
         "u16":{"dtype":"U16","shape":[1],"data_offsets":[50,52]},
         "i8":{"dtype":"I8","shape":[1],"data_offsets":[52,53]},
         "u8":{"dtype":"U8","shape":[1],"data_offsets":[53,54]},
         "bool":{"dtype":"BOOL","shape":[2],"data_offsets":[54,56]}}
        """;
    ByteBuffer data = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putLong(-5).putLong(-1).putFloat(0.5f).putInt(-7).putInt(-1);
    for (int half : new int[] {0x3c00, 0xc000, 1, 0xfc00, 0x7bff}) {
      data.putShort((short) half);
    }
    data.putShort((short) 0x3f80).putShort((short) -9).putShort((short) -1);
    data.put((byte) -3).put((byte) -1).put((byte) 1).put((byte) 0);
    NamedTensors all = Safetensors.read(storage, file(json, data.array()));
    assertThat(all.tensor("f64").get(0)).isEqualTo(0.1);
    assertThat(all.tensor("i64").get(0)).isEqualTo(-5);
    assertThat(all.tensor("u64").get(0)).isEqualTo(0x1p64);
    assertThat(all.tensor("f32").get(0)).isEqualTo(0.5);
    assertThat(all.tensor("i32").get(0)).isEqualTo(-7);
    assertThat(all.tensor("u32").get(0)).isEqualTo(4294967295.0);
    assertThat(all.tensor("f16").toArray())
        .containsExactly(1, -2, 0x1p-24, Double.NEGATIVE_INFINITY, 65504);
    assertThat(all.tensor("bf16").get(0)).isEqualTo(1);
    assertThat(all.tensor("i16").get(0)).isEqualTo(-9);
    assertThat(all.tensor("u16").get(0)).isEqualTo(65535);
    assertThat(all.tensor("i8").get(0)).isEqualTo(-3);
    assertThat(all.tensor("u8").get(0)).isEqualTo(255);
    assertThat(all.tensor("bool").toArray()).containsExactly(1, 0);
  }

  @Test
  void tensorsAreReadIntoSlicesAndPassedOver() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.of(DType.FLOAT32, Shape.of(2), 1, 2));
    tensors.put("b", Tensor.of(DType.FLOAT32, Shape.of(3), 3, 4, 5));
    String path = folder.resolve("slices").toString();
    Safetensors.write(storage, path, new NamedTensors(tensors, Map.of()));
    float[] flat = new float[8];
    try (SafetensorsReader reader = SafetensorsReader.open(storage, path)) {
      List<TensorEntry> entries = reader.entries();
      reader.readInto(entries.get(1), Tensor.of(flat, 4, Shape.of(3)));
      assertThatThrownBy(() -> reader.read(entries.get(0), DType.FLOAT32))
          .hasMessageContaining("lies behind");
      assertThatThrownBy(() -> reader.readInto(entries.get(1), Tensor.of(flat, 0, Shape.of(2))))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("b is [3] in the file but [2] is needed");
    }
    assertThat(flat).containsExactly(0, 0, 0, 0, 3, 4, 5, 0);
  }

  @Test
  void maliciousHeadersAreRefused() throws IOException {
    String f32 = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
    byte[] four = new byte[4];
    wrong("", four, "a header of 0 bytes is declared");
    wrong("  ", four, "does not begin with");
    wrong("[]", four, "does not begin with");
    wrong("{\"a\":{" + f32 + "}", four, "not the JSON of a safetensors file");
    wrong("{\"a\":{" + f32 + "}}x", four, "not the JSON");
    wrong("{\"a\":{" + f32 + "}}{}", four, "something follows");
    wrong("{\"a\":{" + f32 + "},\"a\":{" + f32 + "}}", four, "Duplicate");
    wrong("{\"a\":{" + f32 + ",\"shape\":[1]}}", four, "Duplicate");
    wrong("{\"a\":{" + f32 + ",\"code\":\"x\"}}", four, "a key 'code' that is not known");
    wrong("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", four, "needs dtype, shape and two");
    wrong("{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", four, "dtype 'F31'");
    wrong(tensor("[[1]]", "[0,4]"), four, "not the JSON");
    wrong(tensor("[1.5]", "[0,4]"), four, "VALUE_NUMBER_FLOAT");
    wrong(tensor("[-1]", "[0,4]"), four, "cannot be negative");
    wrong(tensor("[2]", "[0,4]"), four, "needs 8 bytes");
    wrong(tensor("[1]", "[4,0]"), four, "needs 4 bytes");
    wrong(tensor("[1]", "[0,4,8]"), four, "two data_offsets");
    wrong(tensor("[4294967296,4294967296]", "[0,0]"), four, "more numbers than can be held");
    wrong(tensor("[2147483647,2147483647,4]", "[0,4]"), four, "more numbers than can be held");
    wrong(tensor("[9223372036854775808]", "[0,4]"), four, "not the JSON");
    wrong(tensor("[99999999999999999999999999]", "[0,4]"), four, "not the JSON");
    wrong(tensor("[1]", "[9223372036854775804,9223372036854775807]"), four, "needs 4 bytes");
    wrong(tensor("[1]", "[9223372036854775803,9223372036854775807]"), four, "begins at");
    wrong(tensor("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), four, "more than 16 numbers");
    wrong("{\"__metadata__\":{\"a\":1}}", new byte[0], "VALUE_STRING is needed");
    wrong("{\"__metadata__\":{\"a\":{\"b\":{}}}}", new byte[0], "VALUE_STRING is needed");
    wrong("{\"a\":" + "[".repeat(100_000), four, "where START_OBJECT is needed");
    wrong("{\"a\":{\"shape\":" + "[".repeat(100_000), four, "not the JSON");
  }

  @Test
  void tensorsMustTileTheFile() throws IOException {
    String two =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[%d,%d]}}";
    wrong(two.formatted(5, 9), new byte[9], "b begins at 5 but the one before ends at 4");
    wrong(two.formatted(3, 7), new byte[7], "b begins at 3 but the one before ends at 4");
    wrong(two.formatted(0, 4), new byte[4], "begins at 0 but the one before ends at 4");
    wrong(two.formatted(4, 8), new byte[7], "truncated");
    wrong(two.formatted(4, 8), new byte[9], "longer than it declares");
    wrong("{}", new byte[1], "longer than it declares");
    assertThat(Safetensors.read(storage, file(two.formatted(4, 8), new byte[8])).tensors())
        .hasSize(2);
  }

  @Test
  void lengthsAreComparedWithTheFileFirst() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, 1L << 40, 1000, 17 << 20}) {
      byte[] bytes = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
      assertThatThrownBy(() -> Safetensors.read(storage, file(bytes)))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("at byte 0: a header of");
    }
    byte[] big = new byte[(17 << 20) + 8];
    ByteBuffer.wrap(big).order(ByteOrder.LITTLE_ENDIAN).putLong(17 << 20);
    assertThatThrownBy(() -> Safetensors.read(storage, file(big)))
        .hasMessageContaining("the most is 16777216");
    assertThatThrownBy(() -> Safetensors.read(storage, file(new byte[5])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the header length");
  }

  @Test
  void tooManyTensorsAreRefused() throws IOException {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i <= 10_000; i++) {
      json.append(i == 0 ? "" : ",").append("\"t").append(i);
      json.append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    wrong(json.append("}").toString(), new byte[0], "more than 10000 tensors");
  }

  /** Whatever byte is wrong: it reads, or it is a FormatException; nothing else. */
  @Test
  void damagedHeadersNeverCauseAnotherError() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.of(DType.FLOAT32, Shape.of(2), 1, 2));
    tensors.put("b", Tensor.of(DType.FLOAT64, Shape.of(1, 3), 3, 4, 5));
    String path = folder.resolve("original").toString();
    Safetensors.write(storage, path, new NamedTensors(tensors, Map.of("k", "v")));
    byte[] good = Files.readAllBytes(Path.of(path));
    int header = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong() + 8;
    for (int at = 0; at < header; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = good.clone();
        damaged[at] ^= (byte) (1 << bit);
        readOrFormatException(damaged);
      }
      readOrFormatException(Arrays.copyOf(good, at));
    }
  }

  private void readOrFormatException(byte[] bytes) throws IOException {
    try {
      assertThat(Safetensors.read(storage, file(bytes)).tensors().size()).isLessThan(4);
    } catch (FormatException e) {
      assertThat(e.offset()).isGreaterThanOrEqualTo(0);
    }
  }

  private static String tensor(String shape, String offsets) {
    return "{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
  }

  private void wrong(String json, byte[] data, String message) throws IOException {
    String path = file(json, data);
    assertThatThrownBy(() -> Safetensors.read(storage, path))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message)
        .message()
        .hasSizeLessThan(1000);
  }

  private String file(String json, byte[] data) throws IOException {
    byte[] header = json.getBytes(UTF_8);
    return file(
        ByteBuffer.allocate(8 + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .put(data)
            .array());
  }

  private String file(byte[] bytes) throws IOException {
    Path path = folder.resolve("file.safetensors");
    Files.write(path, bytes);
    return path.toString();
  }
}
