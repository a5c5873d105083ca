package io.kiln.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/**
 * Kryo's way to send a record: its components in order, and back through the canonical constructor,
 * so the record's own checks run. (Kryo 4 knows no records and cannot set their fields.)
 */
final class RecordSerializer<T extends Record> extends Serializer<T> {
  private final Constructor<T> constructor;
  private final Method[] accessors;

  private RecordSerializer(Constructor<T> constructor, Method[] accessors) {
    super(false, true);
    this.constructor = constructor;
    this.accessors = accessors;
  }

  static <T extends Record> RecordSerializer<T> of(Class<T> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Method[] accessors = new Method[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      accessors[i] = components[i].getAccessor();
      accessors[i].setAccessible(true);
    }
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return new RecordSerializer<>(constructor, accessors);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("kryo: " + type + " has no canonical constructor", e);
    }
  }

  @Override
  public void write(Kryo kryo, Output output, T value) {
    for (Method accessor : accessors) {
      kryo.writeClassAndObject(output, invoke(accessor, value));
    }
  }

  @Override
  public T read(Kryo kryo, Input input, Class<T> type) {
    Object[] values = new Object[accessors.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = kryo.readClassAndObject(input);
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "kryo: what came for " + type.getName() + " was refused: " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("kryo: " + type.getName() + " cannot be built", e);
    }
  }

  private static Object invoke(Method accessor, Object value) {
    try {
      return accessor.invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("kryo: " + accessor + " cannot be read", e);
    }
  }
}
