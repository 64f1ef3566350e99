"""The calls that `bench functions` times, as users write them: what they become.

Lines as function_rows.py describes them.
"""

REDUCTIONS = """
np.sum(a, axis=0)
np.sum(a, axis=1)
np.sum(f, axis=0)
np.sum(f, axis=1)
np.mean(a, axis=0)
np.mean(a, axis=1)
np.mean(f, axis=0)
np.mean(f, axis=1)
np.var(a, axis=0)
np.var(a, axis=1)
np.var(f, axis=0)
np.var(f, axis=1)
np.max(a, axis=0)
np.max(a, axis=1)
np.max(f, axis=0)
np.max(f, axis=1)
np.argmin(a, axis=0)
np.argmin(a, axis=1)
np.argmin(f, axis=0)
np.argmin(f, axis=1)
np.sum(v)
np.sum(d)
np.sum(i)
np.sum(u)
np.sum(z, axis=0)
np.mean(h)
np.mean(u, axis=0)
np.std(d, axis=-1)
np.max(i)
np.min(u, axis=1)
np.argmax(v)
np.argmax(i, axis=1)
np.argmin(d)
np.prod(a, axis=0)
np.prod(a, axis=1)
np.any(none)
np.any(none, axis=0)
np.all(a > -1.0, axis=1)
np.all(a < 2.0)
np.ptp(a, axis=0)
np.count_nonzero(p)
np.count_nonzero(a, axis=1)
a3.sum(axis=1)
a3.mean(axis=(0, 2))
a3.max(axis=(1, 2))
a[::2, ::2].sum(axis=0)
np.nansum(an, axis=0)
np.nanmean(an, axis=1)
np.nanmax(an, axis=0)
np.nanstd(an)
np.nanargmin(an, axis=1)
np.nanmedian(an, axis=0)
np.nanpercentile(an, 90, axis=1)
np.median(a)
np.median(a, axis=0)
np.median(a, axis=1)
np.percentile(v, [5, 50, 95])
np.quantile(a, 0.9, axis=0)
np.average(a, axis=0, weights=r)
np.cumsum(v)
np.cumsum(a, axis=0)
np.cumsum(a, axis=1)
np.cumsum(f, axis=0)
np.cumsum(i, axis=1)
np.cumprod(a, axis=0)
np.cumprod(a, axis=-1)
np.nancumsum(an, axis=1)
np.maximum.accumulate(a, axis=1)
np.add.reduceat(v, starts)
np.logaddexp.reduce(a, axis=1)
"""

PRODUCTS = """
sq @ sr
sq.T @ sr
sd @ sd.T
sz @ sz
si @ si
many @ many
batch @ batch
tall.T @ tall
tall @ tiny
a @ r
r @ a
a.T @ r
d @ d[0]
many @ many[0, 0]
np.dot(v, w)
np.vdot(z, zz)
np.inner(sq, sr)
np.outer(r, r)
np.multiply.outer(r, r)
np.vecdot(a, b)
np.matvec(batch, batch_v)
np.einsum("ij,jk->ik", sq, sr)
np.einsum("ij,kj->ik", sq, sr)
np.einsum("ij,ij->", a, b)
np.einsum("ij,ij->i", a, b)
np.einsum("ij,j->i", a, r)
np.einsum("ij->j", a)
np.einsum("ii", a)
np.einsum("i,j->ij", r, r)
np.einsum("i,i->", v, w)
np.einsum("bij,bjk->bik", batch, batch)
np.einsum("bij,bj->bi", batch, batch_v)
np.einsum("ijk,k->ij", a3, heights[:100])
np.einsum("ij,jk,kl->il", si * 1.0, si * 1.0, si * 1.0, optimize=True)
np.tensordot(a3, a3, axes=([0, 2], [0, 2]))
np.kron(sq[:50, :50], block)
np.cross(points, points[::-1])
np.trace(a)
np.linalg.norm(a)
np.linalg.norm(v)
np.linalg.norm(v, 1)
np.linalg.norm(v, 3)
np.linalg.norm(v, np.inf)
np.linalg.norm(a, 1)
np.linalg.norm(a, np.inf)
np.linalg.norm(a, axis=0)
np.linalg.norm(points, axis=1)
np.linalg.norm(d, axis=1, keepdims=True)
np.linalg.matrix_power(sq, 5)
np.cov(wide)
np.corrcoef(wide)
np.linalg.multi_dot([tall, tiny, tiny])
"""

CALCULUS = """
np.sqrt(a)
np.exp(a)
np.log(a)
np.sin(a)
np.tanh(a)
np.arctan(a)
np.cbrt(a)
np.floor(a)
np.rint(a)
np.sign(a)
np.square(a)
np.negative(a)
np.sin(d)
np.exp(d)
np.power(a, 2.5)
a ** 2
a ** 3
a + b
a + 1.0
a * b + 2.0 * a
a + r
a / r[:, None]
a > b
np.maximum(a, b)
np.hypot(a, b)
np.arctan2(a, b)
np.abs(a - 0.5)
np.diff(v)
np.diff(a, axis=0)
np.diff(a, n=2, axis=1)
np.gradient(a)
np.gradient(v, 0.1)
np.interp(x, edges, heights)
np.convolve(x, kernel)
np.convolve(x, kernel, mode="same")
np.correlate(x, kernel, mode="valid")
np.trapezoid(a, axis=0)
np.trapezoid(v, dx=0.1)
np.clip(a, 0.2, 0.8)
np.round(a, 2)
np.nan_to_num(an)
np.isnan(an)
np.isclose(a, b)
np.allclose(a, a)
np.array_equal(a, b)
np.polyval([1.0, 2.0, 3.0], v)
np.unwrap(v)
np.sinc(x)
np.heaviside(a, 0.5)
np.modf(a)
np.frexp(a)
np.vander(x, 5)
np.apply_along_axis(np.sum, 1, a[:100])
"""

DTYPES = """
i.astype(float)
a.astype(int)
a.astype("f4")
d.astype("f8")
u.astype("f4")
a.astype("u1")
p.astype(float)
a.astype(bool)
d.astype("f2")
h.astype("f4")
i.astype("i4")
z.astype("c8")
h + h
h * 2
np.sqrt(h)
h > 0.5
bf + bf
bf.astype("f4")
c * c
c + c
z * zz
z / zz
z * 2.0
np.abs(c)
np.abs(z)
np.exp(z)
np.angle(z)
np.conj(z)
z.real * 2.0
p & q
p | ~q
p ^ q
np.logical_and(a, b)
i & j
i ^ 5
~i
i << 3
i >> 2
i // 7
i % 7
i // j
i % j
np.divmod(i, j)
k // 7
k % 16
a // 0.3
a % 0.3
i / j
i ** 2
i ** 3
i * j
i + 1.5
i == j
np.abs(i)
np.gcd(i, j)
np.bitwise_count(i)
u + u
u // 3
u > 100
np.minimum(u, 100)
a.view("i8") & 1
"""

RANDOM = """
rng.random(v.size)
rng.random(a.shape, dtype=np.float32)
rng.uniform(-1.0, 1.0, v.size)
rng.standard_normal(v.size)
rng.normal(1.0, 2.0, a.shape)
rng.exponential(2.0, v.size)
rng.integers(0, 100, v.size)
rng.permutation(x)
rng.permutation(x.size)
rng.choice(x, 10000)
rng.choice(x, 10000, replace=False)
rng.choice(8, x.size, p=prob)
rng.shuffle(tv)
np.random.rand(1000, 1000)
np.random.randn(1000, 1000)
np.random.randint(0, 10, x.size)
"""

SMALL = """
s1 + s2
s1 * 2.0 + 1.0
np.sqrt(s1)
np.exp(s1)
s1 > 0.5
s1.sum()
s1.mean()
s1.std()
s1.max()
s1.argmax()
np.any(s_bool)
np.median(s1)
np.cumsum(s1)
np.diff(s1)
np.sort(s1)
np.argsort(s1)
np.unique(s_int)
np.bincount(s_int)
np.searchsorted(s_sorted, 0.5)
np.where(s_bool, s1, s2)
np.nonzero(s_bool)
np.clip(s1, 0.2, 0.8)
np.concatenate([s1, s2])
np.stack([s1, s2])
np.dot(s1, s2)
np.outer(s1[:32], s2[:32])
s_mat @ s_mat
s_mat.T.copy()
s_mat.sum(axis=0)
np.linalg.norm(s1)
np.einsum("ij,ij->i", s_mat, s_mat)
np.interp(0.3, s_sorted, s2)
np.allclose(s1, s1)
s1[s_bool]
s1[s_int]
s1[10:20].copy()
float(s1[3])
s1.tolist()
ts[10:20] = 0.0
ts[s_int] = 1.0
ts[s_bool] = 0.0
ts += 1.0
ts[3] = 2.0
np.array(s_list)
np.arange(1000)
np.zeros(1000)
np.linspace(0.0, 1.0, 1000)
s1.copy()
s1.astype("f4")
np.random.rand(1000)
"""
