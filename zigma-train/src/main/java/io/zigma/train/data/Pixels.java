package io.zigma.train.data;

/** Turns stored bytes into the numbers that a model sees. */
final class Pixels {

    private Pixels() {}

    /**
     * Copies one channel, 0 … 255 becoming −1 … 1.
     *
     * @param bytes where the channel is stored
     * @param from index of its first byte
     * @param height rows
     * @param width bytes a row
     * @param flipped true to mirror every row
     * @param target where it goes
     * @param offset index of its first float
     */
    static void copy(
            byte[] bytes,
            int from,
            int height,
            int width,
            boolean flipped,
            float[] target,
            int offset) {
        for (int y = 0; y < height; y++) {
            int source = from + y * width;
            int place = offset + y * width;
            for (int x = 0; x < width; x++) {
                int at = flipped ? width - 1 - x : x;
                target[place + x] = (bytes[source + at] & 0xff) / 127.5f - 1;
            }
        }
    }
}
