package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MainColourTest {

    private static final int SHADED_RED = 0xff901818;
    private static final int BRIGHT_RED = 0xffe03030;
    private static final int GREY = 0xff808080;

    @ParameterizedTest
    @EnumSource(value = Colour.class, mode = EnumSource.Mode.EXCLUDE, names = "BLACK")
    void theMainColourBecomesTheWantedOneAndKeepsItsShading(Colour colour) {
        Drawing drawing = drawing(SHADED_RED, BRIGHT_RED, SHADED_RED, BRIGHT_RED);
        Drawing moved = MainColour.of(drawing).moved(drawing, colour);
        Hsv dark = Hsv.of(moved.argb()[0]);
        Hsv light = Hsv.of(moved.argb()[1]);
        for (Hsv pixel : new Hsv[] {dark, light}) {
            assertThat(Math.abs(Hsv.turn(colour.hue(), pixel.hue()))).isLessThan(4);
        }
        assertThat(dark.value()).isLessThan(light.value());
    }

    @Test
    void greysOtherHuesAndTransparencyStay() {
        Drawing drawing = drawing(BRIGHT_RED, BRIGHT_RED, BRIGHT_RED, GREY, 0xff2040d0, 0x00ff0000);
        Drawing moved = MainColour.of(drawing).moved(drawing, Colour.GREEN);
        assertThat(Arrays.copyOfRange(moved.argb(), 3, 6))
                .containsExactly(GREY, 0xff2040d0, 0x00ff0000);
        assertThat(moved.argb()[0]).isNotEqualTo(BRIGHT_RED);
    }

    @Test
    void onlyWhatIsMostlyOfOneHueIsMoved() {
        assertThat(MainColour.of(drawing(GREY, GREY, 0xffffffff)).share()).isZero();
        assertThat(MainColour.of(drawing(GREY, GREY, BRIGHT_RED)).movable()).isFalse();
        assertThat(MainColour.of(drawing(GREY, BRIGHT_RED, BRIGHT_RED)).movable()).isTrue();
        assertThat(MainColour.of(drawing(BRIGHT_RED, 0xff20d020, 0xff2040d0)).movable()).isFalse();
    }

    @Test
    void aColourGoesToHueSaturationAndValueAndBack() {
        for (int rgb = 0; rgb < 0x1000000; rgb += 997) {
            assertThat(Hsv.of(rgb).rgb()).isEqualTo(rgb);
        }
    }

    private static Drawing drawing(int... argb) {
        return new Drawing(argb.length, argb);
    }

    @Test
    void huesAroundTheCirclesEndAreRed() {
        for (float hue : new float[] {0, 360, Math.nextDown(360f), -1e-6f, 720, -360}) {
            assertThat(new Hsv(hue, 1, 1).rgb()).as("hue %s", hue).isEqualTo(0xff0000);
        }
        assertThat(new Hsv(-120, 1, 1).rgb()).isEqualTo(0x0000ff);
    }
}
