package io.zigma.emoji;

import java.util.Locale;

/**
 * How a thing moves in a clip, with the words that captions have for it.
 *
 * <p>What goes one way does so once in the whole clip. What repeats has a period in frames, so that
 * clips of any length show it equally fast; 16 frames hold whole periods of all, and are loops.
 */
public enum Motion {
    /** From the upper edge to the lower one, ever faster. */
    FALLING("falling down", "dropping") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double u = course.part(frame, frames);
            double scale = course.scale(0.50, 0.62);
            double room = (1 - scale) / 2;
            double fallen = u * (0.4 + 0.6 * u);
            return new Pose(scale, course.aside() * room, room * (2 * fallen - 1), 0);
        }
    },
    /** From the lower edge to the upper one. */
    RISING("rising up", "going up") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double scale = course.scale(0.50, 0.62);
            double room = (1 - scale) / 2;
            double way = 1 - 2 * course.part(frame, frames);
            return new Pose(scale, course.aside() * room, room * way, 0);
        }
    },
    /** From the right edge to the left one. */
    LEFT("moving left", "going to the left") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double scale = course.scale(0.50, 0.62);
            double room = (1 - scale) / 2;
            double way = 1 - 2 * course.part(frame, frames);
            return new Pose(scale, room * way, course.aside() * room, 0);
        }
    },
    /** From the left edge to the right one. */
    RIGHT("moving right", "going to the right") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double scale = course.scale(0.50, 0.62);
            double room = (1 - scale) / 2;
            double way = 2 * course.part(frame, frames) - 1;
            return new Pose(scale, room * way, course.aside() * room, 0);
        }
    },
    /** A turn in 16 frames, either way. */
    SPINNING("spinning", "turning around") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double turn = course.period(frame, 16);
            return new Pose(
                    course.scale(0.62, 0.72),
                    0.04 * course.aside(),
                    0,
                    course.turned() ? -turn : turn);
        }
    },
    /** From small to large. */
    GROWING("growing", "getting bigger") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double size = 0.3 + 0.55 * course.part(frame, frames);
            return new Pose(course.scale(0.95, 1.1) * size, 0.05 * course.aside(), 0, 0);
        }
    },
    /** From large to small. */
    SHRINKING("shrinking", "getting smaller") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double size = 0.85 - 0.55 * course.part(frame, frames);
            return new Pose(course.scale(0.95, 1.1) * size, 0.05 * course.aside(), 0, 0);
        }
    },
    /** Off the lower edge and back to it in 8 frames, as a ball does. */
    BOUNCING("bouncing", "jumping up and down") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double scale = course.scale(0.50, 0.62);
            double room = (1 - scale) / 2;
            double high = Math.abs(StrictMath.sin(course.period(frame, 8) / 2));
            return new Pose(scale, course.aside() * room, room * (1 - 2 * high), 0);
        }
    },
    /** To and fro by a twelfth of the picture, in 4 frames. */
    SHAKING("shaking", "trembling") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double far = StrictMath.sin(course.period(frame, 4) + Math.PI / 4) / 12;
            return new Pose(course.scale(0.62, 0.74), far, 0.08 * course.aside(), 0);
        }
    },
    /** As a pendulum that hangs from its upper edge, in 8 frames. */
    SWINGING("swinging", "swinging to and fro") {
        @Override
        Pose at(Course course, int frame, int frames) {
            double scale = course.scale(0.60, 0.70);
            double angle = 0.5 * StrictMath.sin(course.period(frame, 8));
            double arm = scale / 2;
            return new Pose(
                    scale,
                    -arm * StrictMath.sin(angle) + 0.04 * course.aside(),
                    arm * (StrictMath.cos(angle) - 1),
                    angle);
        }
    };

    private final String phrase;
    private final String otherPhrase;

    Motion(String phrase, String otherPhrase) {
        this.phrase = phrase;
        this.otherPhrase = otherPhrase;
    }

    /**
     * Returns what the attribute {@code motion} says.
     *
     * @return a word in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns what captions say after the thing.
     *
     * @return such as {@code falling down}
     */
    public String phrase() {
        return phrase;
    }

    /** Returns what a few captions say in its place. */
    String otherPhrase() {
        return otherPhrase;
    }

    /**
     * Returns where the drawing is in a frame.
     *
     * @param course what differs from clip to clip
     * @param frame from 0
     * @param frames how many the clip has, at least 2
     */
    abstract Pose at(Course course, int frame, int frames);
}
