package io.zigma.op.cuda;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A thread's memory for the arguments and results of native calls, taken once: a call that had to
 * take memory would cost more than the call.
 */
final class Scratch {

    /** The most arguments that a kernel has. */
    static final int MOST_ARGUMENTS = 64;

    /** The most axes that an array has here. */
    static final int MOST_AXES = 8;

    private static final ThreadLocal<Scratch> OWN = ThreadLocal.withInitial(Scratch::new);

    private static final int RESULT = 0;
    private static final int SIZES = Long.BYTES;
    private static final int STRIDES = SIZES + MOST_AXES * Long.BYTES;
    private static final int VALUES = STRIDES + MOST_AXES * Long.BYTES;
    private static final int POINTERS = VALUES + MOST_ARGUMENTS * Long.BYTES;
    private static final int BYTES = POINTERS + MOST_ARGUMENTS * Long.BYTES;

    private final ByteBuffer memory =
            ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
    private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));

    private Scratch() {
        for (int i = 0; i < MOST_ARGUMENTS; i++) {
            memory.putLong(POINTERS + i * Long.BYTES, address + VALUES + i * Long.BYTES);
        }
    }

    /** Returns the calling thread's. */
    static Scratch own() {
        return OWN.get();
    }

    /** Returns where a function writes its result. */
    long resultAddress() {
        return address + RESULT;
    }

    /** Returns a result that is a pointer or a 64-bit integer. */
    long result() {
        return memory.getLong(RESULT);
    }

    /** Returns a result that is a 32-bit integer. */
    int smallResult() {
        return memory.getInt(RESULT);
    }

    /** Writes the size and the stride of an axis. */
    void axis(int number, long size, long stride) {
        memory.putLong(SIZES + number * Long.BYTES, size);
        memory.putLong(STRIDES + number * Long.BYTES, stride);
    }

    long sizesAddress() {
        return address + SIZES;
    }

    long stridesAddress() {
        return address + STRIDES;
    }

    /** Writes a kernel's argument of 64 bits. */
    void argument(int number, long value) {
        memory.putLong(VALUES + number * Long.BYTES, value);
    }

    /** Writes a kernel's argument that is a 32-bit integer. */
    void argument(int number, int value) {
        memory.putInt(VALUES + number * Long.BYTES, value);
    }

    /** Writes a kernel's argument that is a float. */
    void argument(int number, float value) {
        memory.putFloat(VALUES + number * Long.BYTES, value);
    }

    /** Returns the address of the arguments' addresses. */
    long argumentsAddress() {
        return address + POINTERS;
    }
}
