package io.zigma.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MotionTest {

    private static final int SIZE = 32;
    private static final int FRAMES = 16;
    private static final int WHITE = 0xffffff;

    @ParameterizedTest
    @EnumSource(Motion.class)
    void nothingOfAThingIsEverCutOffAndItIsNeverStill(Motion motion) throws IOException {
        // fills the icon to its edges, where all but the turned ones could be cut
        Drawing drawing = drawing("<circle cx='8' cy='8' r='8' fill='#d02020'/>");
        Mover mover = new Mover(drawing, SIZE);
        Random random = new Random(3);
        for (int i = 0; i < 20; i++) {
            Course course = Course.next(random, true);
            for (int frame = 0; frame < FRAMES; frame++) {
                Pose pose = motion.at(course, frame, FRAMES);
                BufferedImage image = mover.frame(pose, course.mirrored(), WHITE);
                double area = Math.PI / 4 * pose.scale() * pose.scale() * SIZE * SIZE;
                assertThat(redness(image))
                        .as("%s, frame %s", course, frame)
                        .isBetween(0.97 * area, 1.03 * area);
                // at its turning points, what repeats may stand still for a frame
                boolean moves =
                        !motion.at(course, frame + 1, FRAMES).equals(pose)
                                || !motion.at(course, frame + 2, FRAMES).equals(pose);
                assertThat(moves).as("%s, frame %s", course, frame).isTrue();
            }
        }
    }

    @Test
    void whatGoesOneWayEndsFarFromWhereItBegan() {
        for (Course course : courses()) {
            Pose[] falling = ends(Motion.FALLING, course);
            assertThat(falling[1].down() - falling[0].down()).isGreaterThan(0.35);
            assertThat(falling[1].right()).isEqualTo(falling[0].right());
            Pose[] rising = ends(Motion.RISING, course);
            assertThat(rising[1].down() - rising[0].down()).isLessThan(-0.35);
            Pose[] left = ends(Motion.LEFT, course);
            assertThat(left[1].right() - left[0].right()).isLessThan(-0.35);
            assertThat(left[1].down()).isEqualTo(left[0].down());
            Pose[] right = ends(Motion.RIGHT, course);
            assertThat(right[1].right() - right[0].right()).isGreaterThan(0.35);
            Pose[] growing = ends(Motion.GROWING, course);
            assertThat(growing[1].scale()).isGreaterThan(2 * growing[0].scale());
            Pose[] shrinking = ends(Motion.SHRINKING, course);
            assertThat(shrinking[0].scale()).isGreaterThan(2 * shrinking[1].scale());
        }
    }

    @Test
    void sixteenFramesOfWhatRepeatsAreALoop() {
        for (Motion motion :
                List.of(Motion.SPINNING, Motion.BOUNCING, Motion.SHAKING, Motion.SWINGING)) {
            for (Course course : courses()) {
                Pose first = motion.at(course, 0, FRAMES);
                Pose after = motion.at(course, FRAMES, FRAMES);
                assertThat(after.right()).isCloseTo(first.right(), within());
                assertThat(after.down()).isCloseTo(first.down(), within());
                assertThat(Math.cos(after.turn())).isCloseTo(Math.cos(first.turn()), within());
            }
        }
    }

    @Test
    void aTurnedThingIsTurnedWithTheClockUnlessItIsToBeAgainst() throws IOException {
        // a mark at the top comes to the right after a quarter
        Mover mover =
                new Mover(drawing("<rect x='6' y='0' width='4' height='4' fill='#d02020'/>"), SIZE);
        BufferedImage quarter = mover.frame(new Pose(1, 0, 0, Math.PI / 2), false, WHITE);
        assertThat(quarter.getRGB(SIZE - 4, SIZE / 2) & WHITE).isEqualTo(0xd02020);
        BufferedImage back = mover.frame(new Pose(1, 0, 0, -Math.PI / 2), false, WHITE);
        assertThat(back.getRGB(3, SIZE / 2) & WHITE).isEqualTo(0xd02020);
        Course with = new Course(8, 8, 0, false, false);
        Course against = new Course(8, 8, 0, false, true);
        assertThat(Motion.SPINNING.at(with, 4, FRAMES).turn()).isPositive();
        assertThat(Motion.SPINNING.at(against, 4, FRAMES).turn()).isNegative();
    }

    @Test
    void aMirroredThingIsMirroredAndStaysWhereItIs() throws IOException {
        Mover mover =
                new Mover(drawing("<rect x='0' y='0' width='8' height='8' fill='#d02020'/>"), SIZE);
        Pose pose = new Pose(0.5, 0.2, 0, 0);
        BufferedImage plain = mover.frame(pose, false, WHITE);
        BufferedImage mirrored = mover.frame(pose, true, WHITE);
        // the drawing's middle is at 0.7 × 32 = 22.4; its halves lie on either side
        assertThat(plain.getRGB(19, 12) & WHITE).isEqualTo(0xd02020);
        assertThat(plain.getRGB(26, 12) & WHITE).isEqualTo(WHITE);
        assertThat(mirrored.getRGB(19, 12) & WHITE).isEqualTo(WHITE);
        assertThat(mirrored.getRGB(26, 12) & WHITE).isEqualTo(0xd02020);
    }

    @Test
    void aDrawingAtItsPlaceHasItsColoursExactly() throws IOException {
        int[] argb = new int[64 * 64];
        Arrays.fill(argb, 0x80ff0000);
        BufferedImage image =
                new Mover(new Drawing(64, argb), 16).frame(new Pose(1, 0, 0, 0), false, 0x0000ff);
        assertThat(image.getRGB(8, 8) & WHITE).isEqualTo(0x80007f);
    }

    @Test
    void everyMotionHasItsOwnWords() {
        Set<String> words = new HashSet<>();
        for (Motion motion : Motion.values()) {
            assertThat(words.add(motion.phrase())).isTrue();
            assertThat(words.add(motion.otherPhrase())).isTrue();
        }
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-9);
    }

    private static List<Course> courses() {
        Random random = new Random(5);
        List<Course> courses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            courses.add(Course.next(random, true));
        }
        return courses;
    }

    private static Pose[] ends(Motion motion, Course course) {
        return new Pose[] {motion.at(course, 0, FRAMES), motion.at(course, FRAMES - 1, FRAMES)};
    }

    private static Drawing drawing(String body) throws IOException {
        return Drawing.of(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">%s</svg>"
                        .formatted(body),
                4 * SIZE);
    }

    /** Returns how many pixels of a red thing there are, parts of pixels as parts. */
    private static double redness(BufferedImage image) {
        double sum = 0;
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                sum += (255 - (image.getRGB(x, y) & 0xff)) / (255.0 - 0x20);
            }
        }
        return sum;
    }
}
