package io.zigma.emoji;

/**
 * A colour by hue, saturation and value.
 *
 * @param hue degrees from 0 to below 360, 0 for greys
 * @param saturation from 0 to 1
 * @param value from 0 to 1
 */
record Hsv(float hue, float saturation, float value) {

    private static final float SECTOR = 60;
    private static final float CIRCLE = 360;

    /** Converts eight bits each of red, green and blue; higher bits do not count. */
    static Hsv of(int rgb) {
        int red = rgb >> 16 & 0xff;
        int green = rgb >> 8 & 0xff;
        int blue = rgb & 0xff;
        int max = Math.max(red, Math.max(green, blue));
        int min = Math.min(red, Math.min(green, blue));
        float range = max - min;
        if (range == 0) {
            return new Hsv(0, 0, max / 255f);
        }
        float hue;
        if (max == red) {
            hue = (green - blue) / range;
        } else if (max == green) {
            hue = 2 + (blue - red) / range;
        } else {
            hue = 4 + (red - green) / range;
        }
        return new Hsv(wrapped(hue * SECTOR + CIRCLE), range / max, max / 255f);
    }

    /** Converts back to eight bits each of red, green and blue. */
    int rgb() {
        float turned = remainder(hue);
        float at = (turned < 0 ? wrapped(turned + CIRCLE) : turned) / SECTOR;
        int sector = (int) at;
        float part = at - sector;
        float low = value * (1 - saturation);
        float falling = value * (1 - saturation * part);
        float rising = value * (1 - saturation * (1 - part));
        return switch (sector) {
            case 0 -> packed(value, rising, low);
            case 1 -> packed(falling, value, low);
            case 2 -> packed(low, value, rising);
            case 3 -> packed(low, falling, value);
            case 4 -> packed(rising, low, value);
            default -> packed(value, low, falling);
        };
    }

    private static int packed(float red, float green, float blue) {
        return Math.round(red * 255) << 16 | Math.round(green * 255) << 8 | Math.round(blue * 255);
    }

    /** Returns how far one hue is from another, from −180 to 180 degrees. */
    static float turn(float from, float to) {
        float turn = remainder(to - from);
        return turn > CIRCLE / 2 ? turn - CIRCLE : turn < -CIRCLE / 2 ? turn + CIRCLE : turn;
    }

    /**
     * Returns the same as {@code angle % CIRCLE}, which takes many times as long, up to twice it.
     */
    private static float wrapped(float angle) {
        return angle >= CIRCLE ? angle - CIRCLE : angle; // exact
    }

    private static float remainder(float angle) {
        return Math.abs(angle) < CIRCLE ? angle : angle % CIRCLE;
    }
}
