package io.kiln.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kryo's way to send what {@code List.of}, {@code Set.of}, {@code Map.of} and {@code Stream.toList}
 * return: the elements, and back as an unmodifiable collection of the same kind.
 */
final class ImmutableCollectionSerializer extends Serializer<Object> {
  ImmutableCollectionSerializer() {
    super(true, true);
  }

  @Override
  public void write(Kryo kryo, Output output, Object value) {
    if (value instanceof Map<?, ?> map) {
      output.writeInt(map.size(), true);
      map.forEach(
          (key, element) -> {
            kryo.writeClassAndObject(output, key);
            kryo.writeClassAndObject(output, element);
          });
    } else {
      Collection<?> collection = (Collection<?>) value;
      output.writeInt(collection.size(), true);
      for (Object element : collection) {
        kryo.writeClassAndObject(output, element);
      }
    }
  }

  @Override
  public Object read(Kryo kryo, Input input, Class<Object> type) {
    int size = input.readInt(true);
    if (size < 0) {
      throw new KryoException("kryo: a collection of " + size + " elements; the stream is damaged");
    }
    if (Map.class.isAssignableFrom(type)) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < size; i++) {
        map.put(kryo.readClassAndObject(input), kryo.readClassAndObject(input));
      }
      return Collections.unmodifiableMap(map);
    }
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      elements.add(kryo.readClassAndObject(input));
    }
    return Set.class.isAssignableFrom(type)
        ? Set.copyOf(new HashSet<>(elements))
        : elements.stream().toList();
  }
}
