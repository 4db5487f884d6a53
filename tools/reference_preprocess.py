"""Reference numbers of tests/tabular: fastai's processors, scikit-learn's quantiles, SciPy's normal quantiles and Box-Cox power.

Needs fastai, pandas, scikit-learn and SciPy; prints C++ constants. Never needed to build or test.
"""
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.preprocessing import QuantileTransformer


def show(name, values):
    print(f"{name}: {{{', '.join(repr(float(v)) for v in np.ravel(values))}}}")


def processors():
    """Ten rows, the first seven train: codes, filled and scaled numbers of all rows, by fastai's three processors."""
    import fastai.tabular.all as ft
    frame = pd.DataFrame({
        "colour": ["red", "blue", None, "red", "green", "blue", "red", "violet", "blue", None],
        "size": [3.5, np.nan, 1.25, 8.0, np.nan, 2.5, 4.0, 100.0, np.nan, 2.5],
        "weight": [10.0, 12.5, 11.0, 9.0, 30.0, 12.0, 11.5, 10.5, 13.0, 8.0],
        "grade": [10, 9, 10, 2, 9, 2, 10, 3, 10, 9],
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]})
    to = ft.TabularPandas(frame, procs=[ft.Categorify, ft.FillMissing, ft.Normalize], cat_names=["colour", "grade"],
                          cont_names=["size", "weight"], y_names="y", y_block=ft.RegressionBlock(),
                          splits=(list(range(7)), list(range(7, 10))), reduce_memory=False)
    for part in (to.train, to.valid):
        print(part.xs.to_string())
    print(list(to.cat_names), {k: list(v) for k, v in to.classes.items()})
    for name in to.cont_names:
        show(name, to.xs[name])


def main():
    processors()
    values = np.array([0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0])
    points = np.array([-1.0, 0.0, 0.5, 2.0, 2.5, 4.0, 20.0, 34.0, 99.0])
    transformer = QuantileTransformer(n_quantiles=7, output_distribution="normal").fit(values[:, None])
    show("references", transformer.quantiles_)
    show("to_normal", transformer.transform(points[:, None]))
    shares = np.array([1e-300, 1e-12, 1e-7, 0.001, 0.02, 0.074, 0.3, 0.5, 0.77, 0.95, 0.999, 1 - 1e-9])
    show("normal_quantile", stats.norm.ppf(shares))
    amounts = np.array([1.0, 1.5, 2.0, 3.0, 3.5, 5.0, 8.0, 13.0, 30.0, 90.0])
    turned, power = stats.boxcox(amounts)
    show("box_cox_lambda", power)
    show("box_cox", (turned - turned.mean()) / turned.std())


if __name__ == "__main__":
    main()
