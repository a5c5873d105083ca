package io.kiln.spark.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.kiln.nn.io.FormatException;
import java.io.IOException;
import java.util.Locale;

/**
 * Records as JSON: names in snake case, enums in lower case, no entry for null, null for a number
 * that is not finite. Unknown entries are passed over, so that an older Kiln reads a newer report.
 */
public final class Json {
  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  /** A record as JSON, indented. */
  public static byte[] bytes(Object record) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(record);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("json: this record cannot be written", e);
    }
  }

  /** A record as JSON in one line, without its end. */
  public static byte[] line(Object record) {
    try {
      return MAPPER.writeValueAsBytes(record);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("json: this record cannot be written", e);
    }
  }

  /** A value as JSON, indented. */
  static String text(Object value) {
    return new String(bytes(value), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** A value as JSON that may stand in a script of a page: it holds no {@code <}. */
  static String inScript(Object value) {
    try {
      return MAPPER
          .writeValueAsString(value)
          .replace("<", "\\u003c")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("json: this value cannot be written", e);
    }
  }

  /**
   * Reads a record.
   *
   * @throws FormatException with the byte where it stops to be one
   */
  public static <T> T read(String path, byte[] bytes, Class<T> type) throws IOException {
    try {
      T read = MAPPER.readValue(bytes, type);
      if (read == null) {
        throw new FormatException(path, 0, "null came but a report is needed");
      }
      return read;
    } catch (JsonProcessingException e) {
      long offset = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
      throw new FormatException(
          path, offset, "this is no report of Kiln: " + e.getOriginalMessage());
    }
  }

  private static ObjectMapper mapper() {
    SimpleModule numbers = new SimpleModule();
    numbers.addSerializer(Double.class, new Finite());
    numbers.addSerializer(double.class, new Finite());
    numbers.addSerializer(Float.class, new Finite());
    numbers.addSerializer(Enum.class, new LowerCase());
    numbers.addDeserializer(double.class, new NullIsNotANumber());
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .enable(com.fasterxml.jackson.databind.MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
        .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
        .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
        .addModule(numbers)
        .build();
  }

  private static final class Finite extends JsonSerializer<Number> {
    @Override
    public void serialize(Number value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value.doubleValue())) {
        if (value instanceof Float single) {
          json.writeNumber(single);
        } else {
          json.writeNumber(value.doubleValue());
        }
      } else {
        json.writeNull();
      }
    }
  }

  private static final class NullIsNotANumber extends JsonDeserializer<Double> {
    @Override
    public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return json.getDoubleValue();
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }

  @SuppressWarnings("rawtypes") // Jackson's name for all enums is the raw one
  private static final class LowerCase extends JsonSerializer<Enum> {
    @Override
    public void serialize(Enum value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.name().toLowerCase(Locale.ROOT));
    }
  }
}
