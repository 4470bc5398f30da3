package io.zigma.eval.metric;

/** Whether a neighbourhood includes its boundary; it matters only where there are ties. */
public enum Ball {
    /** Nearer than the radius, as density and coverage were published (Naeem et al. 2020). */
    OPEN {
        @Override
        boolean holds(double squaredDistance, double squaredRadius) {
            return squaredDistance < squaredRadius;
        }
    },

    /** As near as the radius or nearer, as precision and recall were (Kynkäänniemi et al. 2019). */
    CLOSED {
        @Override
        boolean holds(double squaredDistance, double squaredRadius) {
            return squaredDistance <= squaredRadius;
        }
    };

    /** Returns whether a point at a distance is inside. */
    abstract boolean holds(double squaredDistance, double squaredRadius);
}
