package io.zigma.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes damaged files out of sound ones: bits flipped, numbers replaced by extreme ones, parts cut
 * out, doubled, exchanged, or replaced by words that mean something to the reader.
 *
 * <p>Input i of a seed is always the same, so that one that did harm can be made again.
 */
public final class Mutator {

    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        2,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        100_000_001,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 53,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final int MOST_CHANGES = 6;
    private static final int LONGEST = 1 << 14;

    private final List<byte[]> sound;
    private final List<byte[]> words;
    private final long seed;

    /**
     * Makes a mutator.
     *
     * @param seed decides all inputs
     * @param sound files that the reader takes
     * @param words pieces of the reader's language
     */
    public Mutator(long seed, List<byte[]> sound, List<byte[]> words) {
        this.seed = seed;
        this.sound = List.copyOf(sound);
        this.words = List.copyOf(words);
    }

    /**
     * Makes an input.
     *
     * @param number which, from 0
     * @return its bytes, at most 16 KiB more than the longest sound file
     */
    public byte[] input(long number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        byte[] bytes = sound.get(random.nextInt(sound.size())).clone();
        for (int changes = random.nextInt(MOST_CHANGES); changes >= 0; changes--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    private byte[] changed(byte[] bytes, SplittableRandom random) {
        if (bytes.length == 0) {
            return words.get(random.nextInt(words.size())).clone();
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
        switch (random.nextInt(9)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> extreme(bytes, at, random);
            case 3 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 4 -> {
                return spliced(bytes, at, length, new byte[0]);
            }
            case 5 -> {
                byte[] again = Arrays.copyOfRange(bytes, at, at + length);
                return bytes.length > LONGEST ? bytes : spliced(bytes, at, 0, again);
            }
            case 6 -> {
                return spliced(bytes, at, 0, words.get(random.nextInt(words.size())));
            }
            case 7 -> {
                byte[] word = words.get(random.nextInt(words.size()));
                return spliced(bytes, at, Math.min(word.length, bytes.length - at), word);
            }
            default -> {
                byte[] other = sound.get(random.nextInt(sound.size()));
                int from = random.nextInt(other.length);
                byte[] piece =
                        Arrays.copyOfRange(other, from, Math.min(other.length, from + length));
                return spliced(bytes, at, length, piece);
            }
        }
        return bytes;
    }

    private static void extreme(byte[] bytes, int at, SplittableRandom random) {
        long value = EXTREMES[random.nextInt(EXTREMES.length)];
        ByteBuffer number =
                ByteBuffer.allocate(8)
                        .order(
                                random.nextBoolean()
                                        ? ByteOrder.LITTLE_ENDIAN
                                        : ByteOrder.BIG_ENDIAN);
        int width = 1 << random.nextInt(4);
        switch (width) {
            case 1 -> number.put(0, (byte) value);
            case 2 -> number.putShort(0, (short) value);
            case 4 -> number.putInt(0, (int) value);
            default -> number.putLong(0, value);
        }
        System.arraycopy(number.array(), 0, bytes, at, Math.min(width, bytes.length - at));
    }

    private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
        byte[] result = new byte[bytes.length - removed + inserted.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(inserted, 0, result, at, inserted.length);
        System.arraycopy(
                bytes, at + removed, result, at + inserted.length, bytes.length - at - removed);
        return result;
    }
}
