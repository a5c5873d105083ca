package io.kiln.nn.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kiln.nn.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON header of a safetensors file: reading with suspicion, and writing. */
final class SafetensorsHeader {
  /** Bytes a header may have. */
  static final int MOST_BYTES = 16 << 20;

  /** Tensors, and metadata keys, a file may have. */
  static final int MOST_ENTRIES = 10_000;

  static final String METADATA = "__metadata__";

  private static final int MOST_AXES = 16;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(3)
                  .maxNumberLength(20)
                  .maxNameLength(4096)
                  .maxStringLength(MOST_BYTES)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final List<TensorEntry> entries = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final String path;

  private SafetensorsHeader(String path) {
    this.path = path;
  }

  /** The tensors in the order of their bytes. */
  List<TensorEntry> entries() {
    return entries;
  }

  /** The texts. */
  Map<String, String> metadata() {
    return metadata;
  }

  /** Reads the header; afterwards the input stands at the first byte of the first tensor. */
  static SafetensorsHeader read(FormatInput in) throws IOException {
    SafetensorsHeader header = new SafetensorsHeader(in.path());
    long length = in.littleEndianLong("the header length");
    if (length < 2 || length > in.left()) {
      throw in.wrong(
          0,
          "a header of "
              + Long.toUnsignedString(length)
              + " bytes is declared but "
              + in.left()
              + " bytes follow; it is truncated or not a safetensors file");
    }
    if (length > MOST_BYTES) {
      throw in.wrong(0, "a header of " + length + " bytes is declared; the most is " + MOST_BYTES);
    }
    byte[] json = in.bytes(length, "the header");
    if (json[0] != '{' || json[1] == 0) {
      throw in.wrong(8, "the header does not begin with '{' in UTF-8; it is not safetensors");
    }
    try (JsonParser parser = JSON.createParser(json)) {
      header.parse(parser);
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw in.wrong(8 + at, "the header is not the JSON of a safetensors file: " + why(e));
    } catch (CharConversionException e) {
      throw in.wrong(8, "the header is not UTF-8 (" + e.getMessage() + ")");
    }
    header.checkTiling(in.offset(), in.left());
    return header;
  }

  private static String why(JsonProcessingException e) {
    return String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
  }

  private void parse(JsonParser parser) throws IOException {
    expect(parser, parser.nextToken(), JsonToken.START_OBJECT, "the header");
    String name;
    while ((name = field(parser)) != null) {
      if (name.equals(METADATA)) {
        texts(parser);
      } else if (entries.size() == MOST_ENTRIES) {
        throw wrong(parser, "there are more than " + MOST_ENTRIES + " tensors");
      } else {
        entries.add(tensor(parser, name));
      }
    }
    if (parser.nextToken() != null) {
      throw wrong(parser, "something follows after the header's object");
    }
  }

  private void texts(JsonParser parser) throws IOException {
    expect(parser, parser.nextToken(), JsonToken.START_OBJECT, METADATA);
    String key;
    while ((key = field(parser)) != null) {
      if (metadata.size() == MOST_ENTRIES) {
        throw wrong(parser, "there are more than " + MOST_ENTRIES + " metadata keys");
      }
      expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, METADATA + "." + key);
      metadata.put(key, parser.getText());
    }
  }

  private TensorEntry tensor(JsonParser parser, String name) throws IOException {
    expect(parser, parser.nextToken(), JsonToken.START_OBJECT, name);
    ElementType type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    String key;
    while ((key = field(parser)) != null) {
      parser.nextToken();
      switch (key) {
        case "dtype" -> type = type(parser, name);
        case "shape" -> shape = numbers(parser, name + ".shape");
        case "data_offsets" -> offsets = numbers(parser, name + ".data_offsets");
        default -> throw wrong(parser, name + " has a key '" + key + "' that is not known");
      }
    }
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw wrong(parser, name + " needs dtype, shape and two data_offsets");
    }
    return checked(parser, name, type, shape, offsets.get(0), offsets.get(1));
  }

  private TensorEntry checked(
      JsonParser parser, String name, ElementType type, List<Long> shape, long begin, long end)
      throws IOException {
    long count = 1;
    long bytes;
    Shape axes;
    int[] sizes = new int[shape.size()];
    try {
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.toIntExact(shape.get(i));
        count = Math.multiplyExact(count, sizes[i]);
      }
      bytes = Math.multiplyExact(count, type.bytes());
      if (count > Integer.MAX_VALUE - 8) {
        throw new ArithmeticException();
      }
      axes = Shape.of(sizes);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw wrong(parser, name + " of " + shape + " has more numbers than can be held");
    }
    if (end < begin || end - begin != bytes) {
      throw wrong(
          parser,
          name
              + " has data_offsets ["
              + begin
              + ", "
              + end
              + "] but "
              + type
              + shape
              + " needs "
              + bytes
              + " bytes");
    }
    return new TensorEntry(name, type, axes, begin, end);
  }

  /** The tensors must lie one after another without gap or overlap, up to the end of the file. */
  private void checkTiling(long start, long present) throws FormatException {
    entries.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    long next = 0;
    for (TensorEntry entry : entries) {
      if (entry.begin() != next) {
        throw new FormatException(
            path,
            start + entry.begin(),
            entry.name() + " begins at " + entry.begin() + " but the one before ends at " + next);
      }
      next = entry.end();
    }
    if (next != present) {
      throw new FormatException(
          path,
          start + Math.min(next, present),
          "the tensors need "
              + next
              + " bytes but "
              + present
              + " follow the header; the file is "
              + (next > present ? "truncated" : "longer than it declares"));
    }
  }

  private @Nullable String field(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.END_OBJECT) {
      return null;
    }
    expect(parser, token, JsonToken.FIELD_NAME, "an object");
    return parser.currentName();
  }

  private ElementType type(JsonParser parser, String name) throws IOException {
    expect(parser, parser.currentToken(), JsonToken.VALUE_STRING, name + ".dtype");
    String text = parser.getText();
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw wrong(
        parser,
        name + " has dtype '" + text + "' but one of " + ElementType.names() + " is needed");
  }

  private List<Long> numbers(JsonParser parser, String what) throws IOException {
    expect(parser, parser.currentToken(), JsonToken.START_ARRAY, what);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser, parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
      long number = parser.getLongValue();
      if (number < 0) {
        throw wrong(parser, what + " has " + number + " but it cannot be negative");
      }
      if (numbers.size() == MOST_AXES) {
        throw wrong(parser, what + " has more than " + MOST_AXES + " numbers");
      }
      numbers.add(number);
    }
    return numbers;
  }

  private void expect(JsonParser parser, @Nullable JsonToken token, JsonToken needed, String what)
      throws IOException {
    if (token != needed) {
      throw wrong(parser, what + " has " + token + " where " + needed + " is needed");
    }
  }

  private FormatException wrong(JsonParser parser, String message) {
    return new FormatException(
        path, 8 + Math.max(0, parser.currentTokenLocation().getByteOffset()), message);
  }

  /** The bytes before the first tensor: length and JSON, padded to a multiple of eight. */
  static byte[] bytes(List<TensorEntry> entries, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[8]);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (TensorEntry entry : entries) {
        json.writeObjectFieldStart(entry.name());
        json.writeStringField("dtype", entry.type().name());
        json.writeFieldName("shape");
        json.writeArray(entry.shape().sizes(), 0, entry.shape().rank());
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    while (out.size() % 8 != 0) {
      out.write(' ');
    }
    byte[] bytes = out.toByteArray();
    int length = bytes.length - 8;
    if (length > MOST_BYTES || entries.size() > MOST_ENTRIES) {
      throw new IllegalArgumentException(
          "safetensors: a header of "
              + length
              + " bytes for "
              + entries.size()
              + " tensors; the most is "
              + MOST_BYTES
              + " bytes and "
              + MOST_ENTRIES
              + " tensors");
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    return bytes;
  }
}
